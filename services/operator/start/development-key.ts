import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'

export interface DevelopmentKey {
  file: string
  key: string
  /** Whether this call made it. */
  isNew: boolean
}

/**
 * The API key with all scopes that a ledger on one machine is worked with, in `<dir>/development-key`, for its owner's eyes
 * only. Made once: intake issues it as an event when it first starts with this file.
 */
export function developmentKey(dir: string): DevelopmentKey {
  const file = path.join(dir, 'development-key')
  if (existsSync(file)) {
    chmodSync(file, 0o600)
    return { file, key: readFileSync(file, 'utf8').trim(), isNew: false }
  }
  const key = `sl_${randomBytes(32).toString('base64url')}`
  // created with its mode: at no moment may anybody else read it
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeSync(descriptor, `${key}\n`)
  } finally {
    closeSync(descriptor)
  }
  return { file, key, isNew: true }
}
