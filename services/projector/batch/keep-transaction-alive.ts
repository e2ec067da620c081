import { isPipelined, type Client } from '#libs/postgres/database.js'

const EVERY_MS = 1_000

/**
 * Says something now and then while a batch is computed. Postgres ends the transaction of who says nothing for long, so that a
 * process that was stopped lets go of its locks; one that folds what a hundred thousand records have set free is at work. On a
 * connection that is not pipelined nothing can be said between.
 */
export const keepTransactionAlive = (client: Client): Disposable => {
  let isAnswered = isPipelined(client)
  const timer = setInterval(() => {
    if (!isAnswered) return
    isAnswered = false
    // one that fails is no news: whoever works in the transaction is told
    client.query('select').then(
      () => (isAnswered = true),
      () => undefined,
    )
  }, EVERY_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
