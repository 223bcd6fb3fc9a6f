import { constants } from 'node:os'

/**
 * Errors of disks with quotas and of network file systems that libuv has no name for: Node calls them `Unknown system error -122`.
 * Their numbers differ between systems; these are Linux's, where `os.constants` lacks them.
 */
const UNNAMED: { readonly [errno: number]: string } = {
  5: 'EIO',
  103: 'ECONNABORTED',
  107: 'ENOTCONN',
  108: 'ESHUTDOWN',
  112: 'EHOSTDOWN',
  116: 'ESTALE',
  121: 'EREMOTEIO',
  122: 'EDQUOT',
  123: 'ENOMEDIUM',
  127: 'EKEYEXPIRED',
}

/** What the system's errors without a name mean, for people. */
const MEANINGS: { readonly [name: string]: string } = {
  EDQUOT: 'the disk quota is used up',
  ESTALE: 'the file handle is stale: the server of this file system has lost the file',
  EREMOTEIO: 'the server of this file system failed',
  EKEYEXPIRED: 'the credentials for this file system have expired',
}

/** How Node begins the name and the message of such an error. */
const UNKNOWN = 'Unknown system error'

const NAMES = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno, name]))

/**
 * The system's name of an error, such as ENOENT; `errno 133` for one that has none. Undefined for anything that is no error of the
 * operating system.
 */
export function systemCode(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown }
  if (typeof code !== 'string') return undefined
  if (/^E[A-Z0-9]+$/.test(code)) return code
  if (!code.startsWith(UNKNOWN) || typeof errno !== 'number') return undefined
  const number = Math.abs(errno)
  const known = process.platform === 'linux' ? UNNAMED[number] : undefined
  return NAMES.get(number) ?? known ?? `errno ${number}`
}

/** The message of an error of the operating system, with a name where Node knows none. */
export function systemMessage(error: unknown): string {
  const code = systemCode(error)
  const said = error instanceof Error ? error.message : String(error)
  if (code === undefined || !said.startsWith(UNKNOWN)) return said
  const meaning = MEANINGS[code]
  return meaning === undefined ? `system error ${code}` : `${meaning} (${code})`
}
