/** Whether a path is the address of something remote, read over the network. */
export function isRemote(path: string): boolean {
  return /^(?:https?|s3):\/\//i.test(path)
}

/** A path as people may see it: of an address, without a password and without the query, which can be a signature. */
export function shownPath(path: string): string {
  return isRemote(path) ? path.replace(/[?#].*$/s, '').replace(/^([a-z0-9]+:\/\/)[^/]*@/i, '$1') : path
}
