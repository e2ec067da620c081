/** The `edtf` package brings no types; this is the part of it that we and our tests call. */
declare module 'edtf' {
  /** @throws where the text is no EDTF, or names a day that does not exist */
  export const parse: (text: string) => { readonly type?: string }

  /** The text as an object with the first and last millisecond that it spans. */
  const edtf: (text: string) => { readonly min: number; readonly max: number }
  export default edtf
}
