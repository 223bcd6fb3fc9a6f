/** Whether a path is the address of something remote, read over the network. */
export function isRemote(path: string): boolean {
  return /^(?:https?|s3):\/\//i.test(path)
}

/** A path as people may see it: of an address, without a password and without the query, which can be a signature. */
export function shownPath(path: string): string {
  return path.replace(
    /^(\s*(?:https?|s3):[\\/]+)([^]*)$/i,
    (_, scheme: string, rest: string) => scheme + open(rest),
  )
}

/** What may be shown of an address behind its scheme. */
function open(rest: string): string {
  return rest.replace(/^[^\\/?#]*@/, '').replace(/[?#][^]*$/, '')
}

/** Addresses within a text, as far as none can be told from what follows it. */
const ADDRESSES = /\b((?:https?|s3):[\\/]+)([^\s"'<>]*)/gi

/** Queries and passwords of the addresses that this process was given. */
const secrets = new Set<string>()

/** Shorter queries are as likely to be met in other texts. */
const SHORTEST = 8

/** Learns the queries and passwords of addresses in the words of a command line: they are hidden wherever they turn up. */
export function learnSecrets(words: readonly string[]): void {
  for (const word of words) {
    const [, login, , query] = /(?:https?|s3):[\\/]+([^\\/?#]*@)?([^?#]*)([?#][^]*)?$/i.exec(word) ?? []
    for (const secret of [login, query])
      if (secret !== undefined && secret.length >= SHORTEST) secrets.add(secret)
  }
}

/** A text as people may see it: the addresses in it without passwords and queries. */
export function withoutSecrets(text: string): string {
  let shown = text
  for (const secret of secrets) shown = shown.replaceAll(secret, '')
  return shown.replace(ADDRESSES, (_, scheme: string, rest: string) => scheme + open(rest))
}

/** Words of a command line as people may see them: an address goes on to the end of its word. */
export function shownWords(words: readonly string[]): string[] {
  return words.map(word =>
    word.replace(/((?:https?|s3):[\\/]+)([^]*)$/i, (_, scheme: string, rest: string) => scheme + open(rest)),
  )
}

/** The name and password that an address bears, for a request's header; undefined where it bears none. */
export function loginOf(url: string): string | undefined {
  const { username, password } = new URL(url)
  if (username === '' && password === '') return undefined
  return Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
}
