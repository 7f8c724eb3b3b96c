import { defineConfig } from 'drizzle-kit';

/**
 * `npm run migrations -- --name what_changes` writes a new migration. Afterwards make every new table STRICT by hand, and
 * WITHOUT ROWID where its docstring in the schema says so: drizzle-kit knows neither.
 */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/adapters/sqlite/schema.ts',
  out: './migrations',
});
