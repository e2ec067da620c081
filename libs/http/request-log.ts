import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/**
 * Gives each request a log that names it, made when the request first has something to say: most have only their one line,
 * which names them anyway, and making a log costs as much as writing that.
 */
export function addRequestLogs(app: FastifyInstance): void {
  app.setChildLoggerFactory((logger, bindings, options) => new RequestLog(logger, bindings, options))
}

type Child = FastifyBaseLogger['child']
type Said = readonly unknown[]

/** Methods, where getters would be shorter: the framework looks at each of them for every request. */
class RequestLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Parameters<Child>[0]
  readonly #options: Parameters<Child>[1]
  #made: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, ...[bindings, options]: Parameters<Child>) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get #log(): FastifyBaseLogger {
    return (this.#made ??= this.#parent.child(this.#bindings, this.#options))
  }
  get level(): FastifyBaseLogger['level'] {
    return this.#log.level
  }
  set level(level) {
    this.#log.level = level
  }

  #say(level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace', said: Said): void {
    const log = this.#log
    Reflect.apply(log[level], log, said)
  }
  fatal(...said: Said): void {
    this.#say('fatal', said)
  }
  error(...said: Said): void {
    this.#say('error', said)
  }
  warn(...said: Said): void {
    this.#say('warn', said)
  }
  info(...said: Said): void {
    this.#say('info', said)
  }
  debug(...said: Said): void {
    this.#say('debug', said)
  }
  trace(...said: Said): void {
    this.#say('trace', said)
  }
  silent(): void {
    // by its name
  }
  child(...[bindings, options]: Parameters<Child>): FastifyBaseLogger {
    return this.#log.child(bindings, options)
  }
}
