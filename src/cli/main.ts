#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { DataError } from '../core/errors.js'
import { VERSION } from '../version.js'
import { fail } from './errors.js'
import { inspectCommand } from './inspect.js'
import { runCommand } from './run.js'
import { scoreCommand } from './score.js'

const argv = hideBin(process.argv)
const debug = argv.includes('--debug')

try {
  await yargs(argv)
    .scriptName('attrstream')
    .command(scoreCommand)
    .command(inspectCommand)
    .command(runCommand)
    .demandCommand(1, 'name a command')
    .strict()
    .recommendCommands()
    .version(VERSION)
    .help()
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .fail((message, error) => {
      throw error ?? new DataError('usage', `${message}; see attrstream --help`)
    })
    .parseAsync()
} catch (error) {
  fail(error, debug)
}
