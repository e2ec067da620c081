/** The `edtf` package brings no types; this is the part of it that we call. */
declare module 'edtf' {
  /** @throws where the text is no EDTF, or names a day that does not exist */
  export const parse: (text: string) => { readonly type?: string }
}
