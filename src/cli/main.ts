#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { DataError } from '../core/errors.js'
import { VERSION } from '../version.js'
import { protectDashes } from './dash.js'
import { fail } from './errors.js'
import { inspectCommand } from './inspect.js'
import { mergeCommand } from './merge.js'
import { planCommand } from './plan.js'
import { runCommand } from './run.js'
import { scoreCommand } from './score.js'
import { stateCommand } from './state.js'

const argv = hideBin(process.argv)
const debug = argv.includes('--debug')

try {
  await yargs(protectDashes(argv))
    .scriptName('attrstream')
    .command(scoreCommand)
    .command(inspectCommand)
    .command(runCommand)
    .command(planCommand)
    .command(mergeCommand)
    .command(stateCommand)
    .demandCommand(1, 'name a command')
    .strict()
    .recommendCommands()
    .version(VERSION)
    .help()
    .fail((message, error) => {
      throw error ?? new DataError('usage', `${message}; see attrstream --help`)
    })
    .parseAsync()
} catch (error) {
  fail(error, debug)
}
