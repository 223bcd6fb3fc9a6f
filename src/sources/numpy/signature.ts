const NPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // \x93NUMPY
const ZIP = [0x50, 0x4b] // PK: a local header, or the end of an empty archive
const ZIP_KINDS = [0x0403, 0x0605]

export function looksLikeNpy(head: Uint8Array): boolean {
  return NPY.every((byte, i) => head[i] === byte)
}

/** ZIP archives, which `.npz` files are. */
export function looksLikeNpz(head: Uint8Array): boolean {
  return ZIP.every((byte, i) => head[i] === byte) && ZIP_KINDS.includes(head[2] | (head[3] << 8))
}
