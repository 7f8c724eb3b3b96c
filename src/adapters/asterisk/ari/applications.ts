/**
 * Names of the Stasis applications. Calls to the tip line, and calls in which a flow talks, are in the second
 * (asterisk-config/alert.conf); no call is in the first, which hears of the announcements.
 */
export const ALERT_APP = 'burgernet-alert';
export const TIP_APP = 'burgernet-tips';
