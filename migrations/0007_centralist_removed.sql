DROP INDEX `centralist_extension`;--> statement-breakpoint
ALTER TABLE `centralist` ADD `removed_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `centralist_extension` ON `centralist` (`extension`) WHERE "centralist"."removed_at" is null;