ALTER TABLE `action` ADD `closing_voice` text;--> statement-breakpoint
ALTER TABLE `action_message` ADD `voice` text;