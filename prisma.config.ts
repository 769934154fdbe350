import { defineConfig } from 'prisma/config';

// `prisma generate` asks for a native schema engine it never runs; any file that exists satisfies it.
// Migrations are applied by prisma/migrate.mjs, not by this engine: see tools/decisions/2026-11-23-migrations.md.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= import.meta.filename;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
