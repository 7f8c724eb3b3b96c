ALTER TABLE `attempt` ADD `retry_after_seconds` integer;--> statement-breakpoint
CREATE INDEX `attempt_asked_to_wait` ON `attempt` (`ended_at`) WHERE "attempt"."retry_after_seconds" is not null;