// Package money turns google.type.Money into whole minor units and back, without rounding.
//
//	{USD 12 340000000}  ──Parse──▶  {1234 USD}  ──Proto──▶  {USD 12 340000000}
//	units and nanos                 minor units
//
// What it promises:
//
//   - Exact or refused. An amount finer than the currency's minor unit, or larger than 64 bits of minor units hold, is an
//     error and never rounded.
//   - Parse(a.Proto()) = a for every amount with a currency.
//   - Sums are checked for overflow and never mix currencies.
//
// How many minor digits a currency has comes from the Unicode data in golang.org/x/text/currency: 2 for USD, 0 for JPY, 3
// for BHD. A currency younger than those data has 2, their default. Stored minor units mean what they meant when they were
// written, so a test pins the digits: a new release of the library that changes them must not pass unseen.
package money
