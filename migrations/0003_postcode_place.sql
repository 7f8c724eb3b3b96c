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
