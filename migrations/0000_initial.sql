CREATE TABLE `action` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` integer NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`description` text NOT NULL,
	`area` text NOT NULL,
	`centralist_id` integer NOT NULL,
	`time_critical` integer NOT NULL,
	`clear_description` integer NOT NULL,
	`message_version` integer NOT NULL,
	`closing_text` text,
	`closing_sound_id` text,
	`closing_seconds` real,
	`closing_version` integer,
	`closing_voice` text,
	`state` text NOT NULL,
	`result` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`closed_at` integer,
	`priority` integer DEFAULT false NOT NULL,
	`plan` text,
	`team` text DEFAULT '[]' NOT NULL,
	`title_sound_id` text,
	`simulated` integer DEFAULT false NOT NULL,
	`left_at_close` integer,
	FOREIGN KEY (`centralist_id`) REFERENCES `centralist`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "action_kind" CHECK("action"."kind" in ('theft', 'robbery', 'burglary', 'hit_and_run', 'bag_snatching', 'violence', 'missing_child', 'missing_adult', 'missing_goods')),
	CONSTRAINT "action_area" CHECK(json_valid("action"."area")),
	CONSTRAINT "action_time_critical" CHECK("action"."time_critical" in (0, 1)),
	CONSTRAINT "action_clear_description" CHECK("action"."clear_description" in (0, 1)),
	CONSTRAINT "action_state" CHECK("action"."state" in ('draft', 'running', 'paused', 'closed')),
	CONSTRAINT "action_result" CHECK("action"."result" is null or "action"."result" in ('found', 'arrested', 'not_found', 'false_alarm')),
	CONSTRAINT "action_started" CHECK(("action"."state" = 'draft') = ("action"."started_at" is null)),
	CONSTRAINT "action_closed" CHECK(("action"."state" = 'closed') = ("action"."closed_at" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `action_number` ON `action` (`number`);--> statement-breakpoint
CREATE TABLE `action_message` (
	`action_id` integer NOT NULL,
	`version` integer NOT NULL,
	`text` text,
	`sound_id` text NOT NULL,
	`seconds` real NOT NULL,
	`voice` text,
	PRIMARY KEY(`action_id`, `version`),
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "action_message_version" CHECK("action_message"."version" >= 1),
	CONSTRAINT "action_message_seconds" CHECK("action_message"."seconds" >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `attempt` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`phone` text NOT NULL,
	`purpose` text NOT NULL,
	`number` integer NOT NULL,
	`message_version` integer NOT NULL,
	`outcome` text,
	`dialed_at` integer NOT NULL,
	`rang_at` integer,
	`answered_at` integer,
	`confirmed_at` integer,
	`ended_at` integer,
	`heard_seconds` real DEFAULT 0 NOT NULL,
	`plays` integer DEFAULT 0 NOT NULL,
	`sip_status` integer,
	`cause` integer,
	`reason` text,
	`retry_after_seconds` integer,
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "attempt_purpose" CHECK("attempt"."purpose" in ('alert', 'update', 'closing')),
	CONSTRAINT "attempt_outcome" CHECK("attempt"."outcome" is null or "attempt"."outcome" in ('confirmed', 'no_digit', 'hung_up', 'no_answer', 'busy', 'declined', 'unreachable', 'congestion', 'cancelled', 'interrupted')),
	CONSTRAINT "attempt_ended" CHECK(("attempt"."outcome" is null) = ("attempt"."ended_at" is null))
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempt_action` ON `attempt` (`action_id`,`participant_id`);--> statement-breakpoint
CREATE INDEX `attempt_open` ON `attempt` (`id`) WHERE "attempt"."outcome" is null;--> statement-breakpoint
CREATE INDEX `attempt_asked_to_wait` ON `attempt` (`ended_at`) WHERE "attempt"."retry_after_seconds" is not null;--> statement-breakpoint
CREATE TABLE `call_trace` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`call_id` text NOT NULL,
	`step` text NOT NULL,
	`at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `call_trace_call` ON `call_trace` (`call_id`);--> statement-breakpoint
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
CREATE TABLE `centralist` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`extension` text NOT NULL,
	`sip_username` text NOT NULL,
	`sip_password` text NOT NULL,
	`created_at` integer NOT NULL,
	`pin_digest` text,
	`on_duty` integer DEFAULT false NOT NULL,
	`removed_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `centralist_extension` ON `centralist` (`extension`) WHERE "centralist"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX `centralist_sip_username` ON `centralist` (`sip_username`);--> statement-breakpoint
CREATE TABLE `event` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`action_id` integer NOT NULL,
	`type` text NOT NULL,
	`data` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "event_data" CHECK(json_valid("event"."data"))
) STRICT;
--> statement-breakpoint
CREATE INDEX `event_action` ON `event` (`action_id`,`id`);--> statement-breakpoint
CREATE TABLE `exclusion` (
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`reason` text NOT NULL,
	`shared_with` integer,
	PRIMARY KEY(`action_id`, `participant_id`),
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "exclusion_reason" CHECK("exclusion"."reason" in ('paused', 'night', 'declined', 'shared_number'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `inbound_call` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`from_number` text,
	`participant_id` integer,
	`action_id` integer,
	`result` text,
	`reason` text DEFAULT '' NOT NULL,
	`received_at` integer NOT NULL,
	`ringing_at` integer,
	`connected_at` integer,
	`ended_at` integer,
	`centralist_id` integer,
	`recording_id` integer,
	`call_id` text,
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`centralist_id`) REFERENCES `centralist`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`recording_id`) REFERENCES `recording`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "inbound_call_result" CHECK("inbound_call"."result" is null or "inbound_call"."result" in ('connected', 'recorded', 'abandoned', 'refused')),
	CONSTRAINT "inbound_call_ended" CHECK(("inbound_call"."result" is null) = ("inbound_call"."ended_at" is null))
) STRICT;
--> statement-breakpoint
CREATE INDEX `inbound_call_action` ON `inbound_call` (`action_id`);--> statement-breakpoint
CREATE INDEX `inbound_call_abandoned` ON `inbound_call` (`action_id`,`received_at`) WHERE "inbound_call"."result" = 'abandoned';--> statement-breakpoint
CREATE INDEX `inbound_call_unspoken` ON `inbound_call` (`action_id`,`received_at`) WHERE "inbound_call"."result" = 'connected' and "inbound_call"."connected_at" is null;--> statement-breakpoint
CREATE INDEX `inbound_call_open` ON `inbound_call` (`id`) WHERE "inbound_call"."result" is null;--> statement-breakpoint
CREATE INDEX `inbound_call_left` ON `inbound_call` (`id`) WHERE "inbound_call"."reason" = 'controller_down';--> statement-breakpoint
CREATE INDEX `inbound_call_call` ON `inbound_call` (`call_id`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `participant` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text,
	`language` text NOT NULL,
	`paused_until` integer,
	`night_calls` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "participant_language" CHECK("participant"."language" in ('nl')),
	CONSTRAINT "participant_night_calls" CHECK("participant"."night_calls" in (0, 1))
) STRICT;
--> statement-breakpoint
CREATE TABLE `participant_postcode` (
	`participant_id` integer NOT NULL,
	`position` integer NOT NULL,
	`pc4` integer NOT NULL,
	`letters` text,
	`segment` integer GENERATED ALWAYS AS (participant_id >> 17) VIRTUAL,
	PRIMARY KEY(`participant_id`, `position`),
	FOREIGN KEY (`participant_id`) REFERENCES `participant`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "participant_postcode_pc4" CHECK("participant_postcode"."pc4" between 1000 and 9999),
	CONSTRAINT "participant_postcode_letters" CHECK("participant_postcode"."letters" is null or "participant_postcode"."letters" glob '[A-Z][A-Z]')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `participant_postcode_area` ON `participant_postcode` (`segment`,`pc4`,`letters`);--> statement-breakpoint
CREATE TABLE `phone` (
	`participant_id` integer NOT NULL,
	`position` integer NOT NULL,
	`number` text NOT NULL,
	`segment` integer GENERATED ALWAYS AS (participant_id >> 17) VIRTUAL,
	PRIMARY KEY(`participant_id`, `position`),
	FOREIGN KEY (`participant_id`) REFERENCES `participant`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "phone_number_e164" CHECK("phone"."number" glob '+[1-9]*')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `phone_number` ON `phone` (`segment`,`number`);--> statement-breakpoint
CREATE TABLE `postcode_place` (
	`pc4` integer NOT NULL,
	`letters` text NOT NULL,
	`lat` real NOT NULL,
	`lon` real NOT NULL,
	PRIMARY KEY(`pc4`, `letters`),
	CONSTRAINT "postcode_place_pc4" CHECK("postcode_place"."pc4" between 1000 and 9999),
	CONSTRAINT "postcode_place_letters" CHECK("postcode_place"."letters" = '' or "postcode_place"."letters" glob '[A-Z][A-Z]'),
	CONSTRAINT "postcode_place_lat" CHECK("postcode_place"."lat" between -90 and 90),
	CONSTRAINT "postcode_place_lon" CHECK("postcode_place"."lon" between -180 and 180)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `recording` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` text NOT NULL,
	`sound_id` text,
	`file` text,
	`seconds` real NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "recording_type" CHECK("recording"."type" in ('message', 'tip', 'conversation'))
) STRICT;
--> statement-breakpoint
CREATE TABLE `selection` (
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`position` integer NOT NULL,
	`phones` text NOT NULL,
	`shared_with` integer,
	`reached_at` integer,
	`heard_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`action_id`, `participant_id`),
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "selection_phones" CHECK(json_valid("selection"."phones")),
	CONSTRAINT "selection_own_call" CHECK("selection"."shared_with" is null or "selection"."phones" = '[]')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `selection_phone` (
	`number` text NOT NULL,
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	PRIMARY KEY(`number`, `action_id`, `participant_id`),
	FOREIGN KEY (`action_id`,`participant_id`) REFERENCES `selection`(`action_id`,`participant_id`) ON UPDATE no action ON DELETE restrict
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tip` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`action_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`inbound_id` integer NOT NULL,
	`type` text NOT NULL,
	`recording_id` integer,
	`note` text,
	`useful` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`action_id`) REFERENCES `action`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`inbound_id`) REFERENCES `inbound_call`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`recording_id`) REFERENCES `recording`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "tip_type" CHECK("tip"."type" in ('conversation', 'recording')),
	CONSTRAINT "tip_useful" CHECK("tip"."useful" is null or "tip"."useful" in (0, 1))
) STRICT;
--> statement-breakpoint
CREATE INDEX `tip_action` ON `tip` (`action_id`);--> statement-breakpoint
CREATE INDEX `tip_newest` ON `tip` (`action_id`,`created_at`,`useful`);--> statement-breakpoint
CREATE INDEX `tip_participant` ON `tip` (`participant_id`);--> statement-breakpoint
CREATE INDEX `tip_inbound` ON `tip` (`inbound_id`);