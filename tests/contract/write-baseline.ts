/** Writes the documents that later ones are compared with: docs/openapi/. To be run when a release is made, or something was added. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { SERVICES, documentOf } from './documents.js'

mkdirSync('docs/openapi', { recursive: true })
for (const service of SERVICES)
  writeFileSync(`docs/openapi/${service}.json`, `${JSON.stringify(await documentOf(service), undefined, 2)}\n`)
