import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { OpenApiDocument } from './documents.js'

const VERSION = 'v1.37.0'
/** Outside the tree's files; each version has a folder of its own. */
const DIRECTORY = path.resolve('.ledger', 'tools', `oasdiff-${VERSION}`)
const INSTALL_MS_MAX = 240_000

/** oasdiff compares OpenAPI documents. Installed on first use. @throws where Go is missing or cannot install it */
function installed(): string {
  const command = path.join(DIRECTORY, 'oasdiff')
  if (existsSync(command)) return command
  const { status, error, stderr } = spawnSync('go', ['install', `github.com/oasdiff/oasdiff@${VERSION}`], {
    env: { ...process.env, GOBIN: DIRECTORY },
    encoding: 'utf8',
    timeout: INSTALL_MS_MAX,
  })
  if (error) throw new Error(`Comparing OpenAPI documents needs Go, to install oasdiff: ${error.message}`)
  if (status !== 0) throw new Error(`oasdiff could not be installed: ${stderr.slice(-1_000)}`)
  return command
}

/**
 * What in `after` breaks who has used `before`: a field or an operation that is gone, a parameter newly required …
 * @param dir where the two may be written to
 * @returns one sentence each, by the tool; none if nothing breaks
 */
export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument, dir: string): string[] {
  mkdirSync(dir, { recursive: true })
  const files = [before, after].map((document, index) => {
    const file = path.join(dir, `${index}.json`)
    writeFileSync(file, JSON.stringify(document))
    return file
  })
  const { status, stdout, stderr } = spawnSync(
    installed(),
    ['breaking', ...files, '--format', 'json', '--fail-on', 'WARN'],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
  )
  if (status === 0) return []
  if (status !== 1 || stdout.trim() === '') throw new Error(`oasdiff ended with ${String(status)}: ${stderr}`)
  return (JSON.parse(stdout) as { operation?: string; path?: string; text: string }[]).map(
    ({ operation = '', path: route = '', text }) => `${operation} ${route}: ${text}`,
  )
}
