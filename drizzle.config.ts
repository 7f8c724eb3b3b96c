import { defineConfig } from 'drizzle-kit';

/**
 * `npm run migrations -- --name what_changes` writes a new migration. Afterwards make each new table STRICT by
 * hand, and WITHOUT ROWID where the table's docstring in the schema says so: drizzle-kit can write neither.
 */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/adapters/sqlite/schema.ts',
  out: './migrations',
});
