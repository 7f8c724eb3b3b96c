CREATE TABLE `callback` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`inbound_id` integer NOT NULL,
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`phone` text NOT NULL,
	`centralist_id` integer NOT NULL,
	`requested_at` integer NOT NULL,
	`desk_answered_at` integer,
	`answered_at` integer,
	`ended_at` integer,
	`result` text,
	FOREIGN KEY (`inbound_id`) REFERENCES `inbound_call`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`centralist_id`) REFERENCES `centralist`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "callback_result" CHECK("callback"."result" is null or "callback"."result" in ('connected', 'desk_unanswered', 'no_answer', 'busy', 'declined', 'congestion', 'unreachable', 'hung_up', 'interrupted')),
	CONSTRAINT "callback_ended" CHECK(("callback"."result" is null) = ("callback"."ended_at" is null))
) STRICT;
--> statement-breakpoint
CREATE INDEX `callback_inbound` ON `callback` (`inbound_id`);--> statement-breakpoint
CREATE INDEX `callback_action` ON `callback` (`action_id`);--> statement-breakpoint
ALTER TABLE `action` ADD `team` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `action` ADD `title_sound_id` text;--> statement-breakpoint
ALTER TABLE `centralist` ADD `pin_digest` text;--> statement-breakpoint
ALTER TABLE `centralist` ADD `on_duty` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `inbound_call_call` ON `inbound_call` (`call_id`);--> statement-breakpoint
CREATE INDEX `tip_participant` ON `tip` (`participant_id`);--> statement-breakpoint
CREATE INDEX `tip_inbound` ON `tip` (`inbound_id`);