export { columnName as columnSlug } from '../../contract/column-name.ts';
