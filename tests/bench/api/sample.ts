import { randomFrom, type Random } from '../events/random.js'
import type { LoadRequest } from './load.js'

/** What is asked for: taken from the ledger itself, through its api, and put in an order that only the seed decides. */
export interface Sample {
  /** A path a position. */
  readonly positions: readonly LoadRequest[]
  /** Some of them, each with the ETag of its body. */
  readonly knownPositions: readonly LoadRequest[]
  /** A path a page of 50, each with the cursor of the page before. */
  readonly positionPages: readonly LoadRequest[]
  readonly changePages: readonly LoadRequest[]
  /** Bodies of middle length, for servers that do nothing but send them. */
  readonly positionBody: string
  readonly positionPageBody: string
}

/** As many pages of each list. At 50 items a page, more than any cache of a processor holds. */
const PAGES_MAX = 400
/** ETags that are asked for, one by one. */
const KNOWN_MAX = 3_200

export async function takeSample(apiUrl: string, seed: number): Promise<Sample> {
  const positions = await pagesOf(apiUrl, '/v1/positions')
  const changes = await pagesOf(apiUrl, '/v1/changes')
  const paths = positions.flatMap(({ page }) => page.items.map(pathOf))
  const bodies = positions.flatMap(({ page }) => page.items.map((item) => JSON.stringify(item)))
  const random = randomFrom(seed)
  const shuffled = shuffle(paths, random)
  const knownPositions: LoadRequest[] = []
  for (const path of shuffled.slice(0, KNOWN_MAX))
    knownPositions.push({ path, headers: { 'if-none-match': await etagOf(`${apiUrl}${path}`) } })
  return {
    positions: shuffled.map((path) => ({ path })),
    knownPositions,
    positionPages: shuffle(positions, random).map(({ path }) => ({ path })),
    changePages: shuffle(changes, random).map(({ path }) => ({ path })),
    positionBody: ofMiddleLength(bodies),
    positionPageBody: ofMiddleLength(positions.map(({ page }) => JSON.stringify(page))),
  }
}

interface Page {
  readonly items: readonly { readonly actor: string; readonly matter: string; readonly facet: string }[]
  readonly next: string | null
}

async function pagesOf(apiUrl: string, list: string): Promise<{ path: string; page: Page }[]> {
  const pages: { path: string; page: Page }[] = []
  let path: string | undefined = `${list}?limit=50`
  while (path !== undefined && pages.length < PAGES_MAX) {
    const page = (await (await fetched(`${apiUrl}${path}`)).json()) as Page
    // the last page is shorter
    if (page.items.length === 50) pages.push({ path, page })
    path = page.next === null ? undefined : `${list}?limit=50&cursor=${page.next}`
  }
  if (pages.length === 0) throw new Error(`${list} has no full page: more events are needed`)
  return pages
}

async function etagOf(url: string): Promise<string> {
  const answer = await fetched(url)
  await answer.text()
  return answer.headers.get('etag') ?? ''
}

async function fetched(url: string): Promise<Response> {
  const answer = await fetch(url)
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer
}

const pathOf = ({ actor, matter, facet }: Page['items'][number]): string =>
  `/v1/positions/${[actor, matter, facet].map(encodeURIComponent).join('/')}`

export const ofMiddleLength = (bodies: readonly string[]): string =>
  bodies.toSorted((a, b) => a.length - b.length)[bodies.length >> 1] ?? ''

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items]
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    ;[shuffled[index], shuffled[other]] = [shuffled[other] as T, shuffled[index] as T]
  }
  return shuffled
}
