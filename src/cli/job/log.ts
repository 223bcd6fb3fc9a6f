import { hostname } from 'node:os'
import { learnSecrets, withoutSecrets } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import { VERSION } from '../../version.js'

/** Version of the lines of `--log json`: keys are added within it, none is taken away or changes its meaning. */
const LOG_SCHEMA = 'attrstream.log/1'

/** What happened; `docs/events.md` says which keys each brings. */
export type EventName =
  | 'begin'
  | 'opened'
  | 'added'
  | 'note'
  | 'warning'
  | 'resumed'
  | 'progress'
  | 'saved'
  | 'save-failed'
  | 'stopped'
  | 'done'
  | 'failed'

export type Fields = { readonly [key: string]: string | number | null | undefined }

const LEVELS: { readonly [event in EventName]?: 'warning' | 'error' } = {
  warning: 'warning',
  'save-failed': 'warning',
  failed: 'error',
}

/** What a process says on standard error, an event a line: as text, or as JSON for machines. */
class RunLog {
  private known: Fields = {}
  private prefix = () => 'attrstream: '

  private written: 'text' | 'json' = 'text'

  /** What lines are written as. */
  get form(): 'text' | 'json' {
    return this.written
  }

  /** Begins the log that a command line asks for, before yargs has read it, since yargs reports its errors here too. */
  begin(argv: readonly string[]): void {
    const isJson = argv.some(
      (word, i) => word === '--log=json' || (word === '--log' && argv[i + 1] === 'json'),
    )
    learnSecrets(argv)
    this.written = isJson ? 'json' : 'text'
    this.known = {}
    this.prefix = () => 'attrstream: '
  }

  /** Fields that all lines have. */
  get context(): Fields {
    return this.known
  }

  /** Adds fields that all further lines have, and says what leads them as text. */
  setContext(context: Fields, prefix?: () => string): void {
    this.known = { ...this.known, ...context }
    if (prefix !== undefined) this.prefix = prefix
  }

  /** A line as it is written. */
  line(event: EventName, message: string, fields: Fields = {}): string {
    if (this.form === 'text') return printable(withoutSecrets(`${this.prefix()}${message}`))
    const line = {
      schema: LOG_SCHEMA,
      time: new Date().toISOString(),
      level: LEVELS[event] ?? 'info',
      event,
      message,
      host: hostname(),
      pid: process.pid,
      version: VERSION,
      ...this.known,
      ...fields,
    }
    return JSON.stringify(line, (_, value: unknown) =>
      typeof value === 'string' ? withoutSecrets(value) : value,
    )
  }

  report(event: EventName, message: string, fields?: Fields): void {
    process.stderr.write(`${this.line(event, message, fields)}\n`)
  }

  /** An error as one line, its stack too where asked for. */
  fail(error: unknown, exitCode: number, debug: boolean): void {
    const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')
    const { code, where = {} } = error instanceof DataError ? error : { code: null }
    const stack = debug && error instanceof Error ? (error.stack ?? '') : undefined
    if (this.form === 'json') {
      return this.report('failed', message, { code, exit_code: exitCode, ...where, stack })
    }
    const lines = stack === undefined ? [] : stack.split('\n')
    process.stderr.write(
      [`attrstream: ${message}`, ...lines].map(line => `${printable(withoutSecrets(line))}\n`).join(''),
    )
    if (exitCode === 70 && !debug) {
      process.stderr.write(
        'attrstream: this is a bug in attrstream; please report it with the output of --debug\n',
      )
    }
  }
}

/** The log of this process: it is what standard error gets, so there is one. */
export const log = new RunLog()
