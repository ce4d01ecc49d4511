/** Number formats of metrics as Excel writes them. */

/** The format code of a `ResultColumn.format`; codes of Excel stay what they are. */
export function excelFormat(format: string | undefined, currency: string): string {
  switch (format) {
    case undefined:
    case 'integer':
    case 'compact':
      return '#,##0';
    case 'decimal':
      return '#,##0.00';
    case 'percent':
      return '0.00%';
    case 'currency':
      return `[$${currency}] #,##0.00`;
    case 'duration':
      return '#,##0" s"';
    default:
      return format;
  }
}
