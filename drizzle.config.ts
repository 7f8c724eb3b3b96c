import { defineConfig } from 'drizzle-kit';

/**
 * `npm run migrations -- --name what_changes` writes a new migration. drizzle-kit can write neither STRICT
 * nor WITHOUT ROWID, so add STRICT to each new table by hand, and WITHOUT ROWID where the schema says
 * "clustered".
 */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/adapters/sqlite/schema.ts',
  out: './migrations',
});
