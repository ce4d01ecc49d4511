/** A column's name as it is compared: `E-Mail *` and `e mail` are one, `sentAt` and `Sent at` too. */
export function normaliseLabel(label: string): string {
  return label
    .replace(/([a-zа-я\d])([A-ZА-Я])/g, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#]+/gu, ' ')
    .trim();
}
