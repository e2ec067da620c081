import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { until } from '#tests/libs/kafka/kafka.js'
import type { LedgerPlace } from './ledger-process.js'
import { onThisLedger } from './timelines.js'

/** Runs the curl lines of SECURITY.md: the key that the first issues works as it says, and no longer after the second. */
export async function securityWorksAsWritten(t: Test, place: LedgerPlace): Promise<void> {
  const document = readFileSync('SECURITY.md', 'utf8')
  const blocks = [...document.matchAll(/```sh\n(.*?)\n```/gs)].map(([, block = '']) => block)
  t.equal(blocks.length, 1)
  const [prelude = '', issue = '', revoke = '', ...others] = blocks.join('\n').split(/^# .*\n/m)
  t.strictSame(others, [])
  const run = (commands: string): Record<string, unknown> => {
    const here = onThisLedger(commands, place).replaceAll('key-file', path.join(place.dir, 'development-key'))
    const { stdout, stderr, status } = spawnSync('sh', ['-c', here], { encoding: 'utf8' })
    t.equal(status, 0, `${commands} ${stderr}`)
    return JSON.parse(stdout) as Record<string, unknown>
  }
  const issued = run(`${prelude}${issue}`)
  t.match(issued, { key: /^ledger_[\w-]{43}$/, subject: String })
  const withIt = { authorization: `Bearer ${String(issued['key'])}`, 'content-type': 'application/json' }
  const postTo = async (route: string): Promise<string> => {
    const answer = await fetch(`${place.intakeUrl}${route}`, { method: 'POST', headers: withIt, body: '{}' })
    const { code = '' } = (await answer.json()) as { code?: string }
    return `${answer.status} ${code}`
  }
  const read = async (): Promise<number> =>
    (await fetch(`${place.apiUrl}/v1/actors?limit=1`, { headers: withIt })).status
  t.match(await postTo('/v1/statements'), '422 ', 'it may record, were there anything')
  t.equal(await postTo('/v1/actors'), '403 SCOPE_MISSING', 'it may do no more')
  await until(async () => (await read()) === 403, 10_000)
  t.match(run(`${prelude}ID=${String(issued['subject'])}\n${revoke}`), { event: String })
  t.equal(await postTo('/v1/statements'), '401 KEY_INVALID', 'refused by intake at once')
  await until(async () => (await read()) === 401, 10_000)
}
