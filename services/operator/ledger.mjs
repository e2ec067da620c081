#!/usr/bin/env node
// `npx ledger`. Kept in the tree, executable: npm sees to that of a file once, when it links it, and one that is built anew is not.
import { existsSync } from 'node:fs'

const built = new URL('../../dist/services/operator/main.js', import.meta.url)
if (existsSync(built)) await import(built.href)
else {
  console.error('It is not built yet. Run npm start, or npm run build.')
  process.exitCode = 1
}
