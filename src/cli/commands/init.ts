import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import { printText } from '../../io/standard-output.js'
import { writeAtomically } from '../../io/atomic-file.js'
import { PACKAGE_ROOT } from '../../package-root.js'
import { VERSION } from '../../version.js'
import type { Command } from '../job/command.js'

interface Flags {
  dir: string
  javascript: boolean
}

const ROOT = fileURLToPath(PACKAGE_ROOT)
const TEMPLATES = join(ROOT, 'pipelines/template')

export const initCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .positional('dir', { type: 'string', default: '.', describe: 'folder to create' })
      .option('javascript', {
        alias: 'js',
        boolean: true,
        default: false,
        describe: 'write JavaScript with type comments instead of TypeScript',
      })
      .example('$0 init my-pipeline', 'then: cd my-pipeline && npm install && npm test'),
  handler: init,
}

/** `attrstream init`: a pipeline of one's own, typed and tested. Nothing that is there is changed. */
async function init({ dir, javascript }: ArgumentsCamelCase<Flags>): Promise<void> {
  const folder = resolve(dir)
  const pipeline = javascript ? 'pipeline.js' : 'pipeline.ts'
  const words = { name: packageName(folder), pipeline, attrstream: dependencyFrom(folder) }
  const files = (await readdir(TEMPLATES)).filter(
    name => !/^pipeline\.(ts|js)$/.test(name) || name === pipeline,
  )
  const targets = files.map(name => ({ from: join(TEMPLATES, name), to: join(folder, targetOf(name)) }))
  for (const { to } of targets) {
    if ((await stat(to).catch(() => undefined)) !== undefined) {
      throw new DataError('usage', 'is there already; give another folder', { file: to })
    }
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new DataError('io', `cannot be made: ${(error as Error).message}`, { file: dir }, error)
  })
  for (const { from, to } of targets) await writeAtomically(to, filledIn(await readFile(from, 'utf8'), words))
  const there = dir === '.' ? '' : `cd ${dir} && `
  const made = targets.map(({ to }) => `${printable(relative('.', to))}\n`).join('')
  await printText(`${made}\nNext: ${printable(there)}npm install && npm test\n`)
}

/** `package.template.json` is `package.json`: a file of that name would be one to the tools that read this package. */
function targetOf(name: string): string {
  return name === 'gitignore.template' ? '.gitignore' : name.replace('.template', '')
}

function filledIn(text: string, words: { readonly [word: string]: string }): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, word: string) => words[word])
}

/** A name that npm accepts, of a folder. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? 'pipeline' : name
}

/** This version where it was installed; a checkout, which may be linked, by its path. */
function dependencyFrom(folder: string): string {
  if (ROOT.includes(`${sep}node_modules${sep}`)) return `^${VERSION}`
  return `file:${relative(folder, ROOT).split(sep).join('/')}`
}
