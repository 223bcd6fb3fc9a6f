/** Filters for h5wasm, as modules of WebAssembly. The package has no types of its own. */
declare module 'h5wasm-plugins' {
  /** URL of the folder of the package. */
  export const base_url: string
}
