/** The value below which so much of the sample lies, by the nearest rank. @param share in [0, 1] */
export const quantile = (values: readonly number[], share: number): number => {
  if (values.length === 0) throw new Error('a quantile needs a sample')
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}
