/** Names of the Stasis applications; asterisk-config/extensions.conf sends answered alert calls and the tip line to them. */
export const ALERT_APP = 'burgernet-alert';
export const TIP_APP = 'burgernet-tips';
