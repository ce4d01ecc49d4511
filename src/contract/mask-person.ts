/** What is known of a person; '' where nothing is. */
export interface PersonNames {
  email: string;
  phone: string;
  external_id: string;
}

/** Enough to recognise somebody whom one knows, too little to write to them: `d***@example.com`, `+1202…23`. */
export function maskPerson({ email, phone, external_id }: PersonNames): string {
  if (email !== '') return `${email.slice(0, 1)}***${email.slice(email.lastIndexOf('@'))}`;
  if (phone !== '') return `${phone.slice(0, 5)}…${phone.slice(-2)}`;
  return external_id.length <= 4
    ? `${external_id.slice(0, 1)}…`
    : `${external_id.slice(0, 2)}…${external_id.slice(-2)}`;
}
