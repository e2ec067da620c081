/** Columns as wide as their widest cell, two spaces between; numbers stand to the right. */
export const tableLines = (rows: readonly (readonly (string | number)[])[]): string[] => {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, String(cell).length)))
  return rows.map((row) =>
    row
      .map((cell, index) =>
        typeof cell === 'number' ? String(cell).padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
