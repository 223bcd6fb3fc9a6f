/** The licences of packages whose code or files are distributed with attrstream, as one text. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/
const NOTICE = /^(licen[cs]e|copying|notice|copyright)/i

/** Each text of a licence or notice once, under the packages of `files`, relative to `folder`, that it is of. */
export async function thirdPartyNotices(folder, files) {
  const packages = [...new Set(files.map(file => PACKAGE.exec(file)[0]))].toSorted((a, b) => (a < b ? -1 : 1))
  const groups = new Map()
  for (const root of packages.map(path => join(folder, path))) {
    const { name, version, license, author, repository } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    )
    const files = (await readdir(root, { withFileTypes: true }))
      .filter(entry => entry.isFile() && NOTICE.test(entry.name))
      .map(entry => entry.name)
      .toSorted((a, b) => (a < b ? -1 : 1))
    const texts = await Promise.all(files.map(file => readFile(join(root, file), 'utf8')))
    const source = (repository?.url ?? repository ?? '').replace(/^git\+/, '')
    const by = author?.name ?? author
    const stated = `Licence: ${license}${by === undefined ? '' : `, by ${by}`}${source === '' ? '' : `; source: ${source}`}`
    const text = texts.length === 0 ? stated : texts.map(it => it.replaceAll('\r\n', '\n').trim()).join('\n\n')
    groups.set(text, [...(groups.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = Array.from(groups, ([text, names]) => `## ${names.join(', ')}\n\n\`\`\`text\n${text}\n\`\`\`\n`)
  return `# Third-party software\n\nattrstream contains code or files of these packages, under these licences.\n\n${parts.join('\n')}`
}
