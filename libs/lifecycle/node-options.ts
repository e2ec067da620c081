/**
 * How Node.js is to be started for a projector (docker-compose.yml says the same): with a young generation that holds what a batch
 * needs. With Node's 16 MB it does not fit, and collecting it costs 7 % of all CPU time.
 */
export const PROJECTOR_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=64']
