/** One message of the listening test, and what a listener should have written down. */
export interface ListeningMessage {
  readonly text: string;
  readonly plate: string;
  readonly colour: string;
  readonly number: string;
}

/** Invented. Every message has a number plate, a colour and one more number. */
export const LISTENING: readonly ListeningMessage[] = [
  {
    text: 'Gezocht wordt een zilvergrijze Opel Corsa met kenteken GB-512-V. De auto heeft bij het ongeval aan de Kerkstraat 48 schade aan de voorkant.',
    plate: 'GB-512-V',
    colour: 'zilvergrijs',
    number: '48',
  },
  {
    text: 'De politie zoekt een blauwe Volkswagen Golf met kenteken 12-WVB-6. Er zitten 3 mannen in.',
    plate: '12-WVB-6',
    colour: 'blauw',
    number: '3',
  },
  {
    text: 'Vermist: een meisje van 7 jaar. Zij is voor het laatst gezien in een rode bestelbus met kenteken VX-884-D.',
    plate: 'VX-884-D',
    colour: 'rood',
    number: '7',
  },
  {
    text: 'Kijk uit naar een groene scooter met kenteken FNP-37-K. De bestuurder is ongeveer 25 jaar.',
    plate: 'FNP-37-K',
    colour: 'groen',
    number: '25',
  },
  {
    text: 'Na een overval is een witte Renault weggereden over de A28. Het kenteken is 7-TKD-52.',
    plate: '7-TKD-52',
    colour: 'wit',
    number: '28',
  },
  {
    text: 'Een gele fietskoerier is aangereden door een auto met kenteken ND-906-H. Dat gebeurde om 17.15 uur.',
    plate: 'ND-906-H',
    colour: 'geel',
    number: 'kwart over vijf',
  },
  {
    text: 'Gezocht: een zwarte Peugeot met kenteken 58-HRL-2. De bestuurder is een man van ongeveer 1.85 meter.',
    plate: '58-HRL-2',
    colour: 'zwart',
    number: '1,85 meter',
  },
  {
    text: 'Er is een bruine aanhanger gestolen met kenteken WP-11-XS. De aanhanger stond bij nummer 173.',
    plate: 'WP-11-XS',
    colour: 'bruin',
    number: '173',
  },
  {
    text: 'Een man van 82 jaar is met zijn paarse scootmobiel vertrokken. Hij kan zijn opgehaald door een auto met kenteken L-660-BS.',
    plate: 'L-660-BS',
    colour: 'paars',
    number: '82',
  },
  {
    text: 'Let op een oranje camper met kenteken 91-ZB-TJ. De camper is gezien in postcodegebied 8251.',
    plate: '91-ZB-TJ',
    colour: 'oranje',
    number: '8251',
  },
];
