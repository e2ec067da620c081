import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PROJECT_DIRECTORY } from '#libs/stack/project-files.js'

/** `COPY --from=build /app/dist dist` is keyword COPY, flags `--from=build`, and two words. */
export interface Instruction {
  readonly keyword: string
  readonly text: string
}

/** The instructions of each stage, in order; a stage begins with its FROM. */
export function readDockerfile(): Instruction[][] {
  const lines = readFileSync(path.join(PROJECT_DIRECTORY, 'Dockerfile'), 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
  const stages: Instruction[][] = []
  for (const line of lines) {
    const keyword = line.slice(0, line.indexOf(' '))
    const instruction = { keyword, text: line.slice(keyword.length + 1) }
    if (keyword === 'FROM') stages.push([instruction])
    else stages.at(-1)?.push(instruction)
  }
  return stages
}

/** The arguments of an instruction in its JSON form: `CMD ["node", "-e", "…"]`, whatever flags come before. */
export const jsonArguments = ({ text }: Instruction): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[]

/** What the image that services run in is made of. */
export function lastStage(): Instruction[] {
  const stage = readDockerfile().at(-1)
  if (!stage) throw new Error('the Dockerfile has no stage')
  return stage
}

/** @throws Error if the stage has none, or several */
export function only(stage: readonly Instruction[], keyword: string): Instruction {
  const [found, ...others] = stage.filter((instruction) => instruction.keyword === keyword)
  if (!found || others.length > 0) throw new Error(`expected one ${keyword}`)
  return found
}
