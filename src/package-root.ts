/** URL of the folder of this package: what it brings besides code is found from here. */
export const PACKAGE_ROOT = new URL('../', import.meta.url)
