import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { ensureKafkaJars, hasKafkaJars, kafkaJarsDirectory } from '#libs/stack/kafka/jars.js'
import { failureOf } from '../expect.js'

test('what was half fetched when it was killed is not taken for the whole', async (t) => {
  const { cache, env } = withMaven(t, 'mkdir -p "$out" && touch "$out/kafka.jar"')
  const halfFetched = `${kafkaJarsDirectory(cache)}.partial-1`
  mkdirSync(halfFetched, { recursive: true })
  t.equal(hasKafkaJars(cache), false)
  const directory = await ensureKafkaJars(cache, env)
  t.equal(hasKafkaJars(cache), true)
  t.same(readdirSync(directory), ['kafka.jar'])
})

test('they are fetched only once, then Maven is not needed', async (t) => {
  const { cache, env } = withMaven(t, 'mkdir "$out"')
  const directory = await ensureKafkaJars(cache, env)
  t.equal(await ensureKafkaJars(cache, { PATH: '/nowhere' }), directory)
})

test('when Maven fails its own words are told, and nothing stays', async (t) => {
  const { cache, env } = withMaven(t, 'mkdir -p "$out"; echo "[ERROR] Could not transfer artifact"; exit 1')
  const error = await failureOf(ensureKafkaJars(cache, env))
  t.match(error, { code: 'KAFKA_JARS_UNAVAILABLE', message: /Could not transfer artifact/ })
  t.same(readdirSync(cache), [])
})

test('two that fetch at the same time end with one copy', async (t) => {
  const { cache, env } = withMaven(
    t,
    `[ -e "$out/../other" ] || cp -R "$(dirname "$0")/whole" "\${out%.partial*}"; mkdir -p "$out"`,
  )
  mkdirSync(path.join(env.PATH.split(':')[0]!, 'whole'))
  const directory = await ensureKafkaJars(cache, env)
  t.ok(existsSync(directory))
  t.same(readdirSync(cache), [path.basename(directory)])
})

/** A stand-in for Maven that does this with `$out`, the directory it is told to copy to; and an empty cache. */
function withMaven(t: Test, script: string): { cache: string; env: { PATH: string } } {
  const root = t.testdir({ bin: {}, cache: {} })
  const find = 'for arg in "$@"; do case "$arg" in -DoutputDirectory=*) out="${arg#*=}";; esac; done'
  writeFileSync(path.join(root, 'bin', 'mvn'), `#!/bin/sh\n${find}\n${script}\n`, { mode: 0o755 })
  return { cache: path.join(root, 'cache'), env: { PATH: `${root}/bin:/usr/bin:/bin` } }
}
