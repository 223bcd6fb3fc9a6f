import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DataError } from '../core/errors.js'
import { systemMessage } from './system-error.js'

/**
 * Makes a folder, and those that it is in. Error: `io`, naming the file that is in the way, if one is.
 *
 * @param named What the error calls it.
 */
export async function makeFolder(folder: string, named = folder): Promise<void> {
  try {
    await makeFolders(folder)
  } catch (error) {
    let above = folder
    while ((await stat(above).catch(() => undefined)) === undefined && dirname(above) !== above) {
      above = dirname(above)
    }
    const found = await stat(above).catch(() => undefined)
    if (found?.isFile() !== true) {
      const what = `cannot be made: ${systemMessage(error)}; give another folder`
      throw new DataError('io', what, { file: named }, error)
    }
    const what =
      above === named
        ? 'is a file, expected a folder'
        : `cannot be made: ${above} is a file, expected a folder`
    throw new DataError('io', `${what}; give another folder`, { file: named }, error)
  }
}

/** Makes a folder and those above it, step by step: Node's own `recursive` never ends below /proc. */
async function makeFolders(folder: string): Promise<void> {
  const made = await stat(folder).catch(() => undefined)
  if (made?.isDirectory()) return
  if (dirname(folder) !== folder) await makeFolders(dirname(folder))
  await mkdir(folder).catch((error: unknown) => {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || made !== undefined) throw error
  })
}
