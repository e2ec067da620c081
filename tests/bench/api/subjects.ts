import type { LoadRequest } from './load.js'
import type { Sample } from './sample.js'

export type ServerName = 'bare' | 'api' | 'json-agg' | 'go'

/** Something that is measured: requests of one kind to one server. */
export interface Subject {
  /** As `--only` takes it. */
  readonly name: string
  /** As the report prints it. */
  readonly title: string
  readonly server: ServerName
  readonly status: 200 | 304
  readonly requests: (sample: Sample) => readonly LoadRequest[]
}

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'bare',
    title: 'bare Fastify route, the bytes of one position',
    server: 'bare',
    status: 200,
    requests: () => [{ path: '/position' }],
  },
  {
    name: 'bare-page',
    title: 'bare Fastify route, the bytes of a page',
    server: 'bare',
    status: 200,
    requests: () => [{ path: '/page' }],
  },
  {
    name: 'go',
    title: 'bare Go handler, one position by key',
    server: 'go',
    status: 200,
    requests: ({ positions }) => positions,
  },
  {
    name: 'position',
    title: 'api, one position by key',
    server: 'api',
    status: 200,
    requests: ({ positions }) => positions,
  },
  {
    name: 'same-position',
    title: 'api, the same position again and again',
    server: 'api',
    status: 200,
    requests: ({ positions }) => positions.slice(0, 1),
  },
  {
    name: 'not-modified',
    title: 'api, 304 of one position by key',
    server: 'api',
    status: 304,
    requests: ({ knownPositions }) => knownPositions,
  },
  {
    name: 'position-page',
    title: 'api, a page of 50 positions',
    server: 'api',
    status: 200,
    requests: ({ positionPages }) => positionPages,
  },
  {
    name: 'change-page',
    title: 'api, a page of 50 changes',
    server: 'api',
    status: 200,
    requests: ({ changePages }) => changePages,
  },
  {
    name: 'json-agg-position-page',
    title: 'json_agg, a page of 50 positions',
    server: 'json-agg',
    status: 200,
    requests: ({ positionPages }) => positionPages,
  },
  {
    name: 'json-agg-change-page',
    title: 'json_agg, a page of 50 changes',
    server: 'json-agg',
    status: 200,
    requests: ({ changePages }) => changePages,
  },
]
