// Package holiday says which days are public holidays in a country, or in a part of one, and what they are called. The
// rules are those of github.com/rickar/cal; this package turns them into days.
//
// A region is a country of ISO 3166-1, such as US, or a part of one of ISO 3166-2, such as DE-BY. A part has all of its
// holidays, those of the whole country included. Public and bank holidays count, and not the days on which many people
// stay at home by custom, such as Midsummer's Eve in Sweden.
//
// A holiday that is observed on another day is there twice: on the day itself, and, named "Christmas Day (observed)", on
// the day off. Independence Day of 2026 is a Saturday: the 3rd and the 4th of July are both holidays in the US.
//
// The rules change with laws, and with releases of the library. Who needs the same answer tomorrow keeps the days, and
// [Source], which says where they came from.
package holiday
