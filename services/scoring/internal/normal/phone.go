package normal

import "github.com/nyaruka/phonenumbers"

// MaxPhoneBytes is the longest text that is read as a phone number.
const MaxPhoneBytes = 64

// Phone returns a phone number in E.164 form, "+14155552671". Region is the ISO
// 3166-1 alpha-2 code of the country that a number without "+" is dialled in,
// or empty when only international numbers are wanted. An extension is dropped.
// The number must have a length that its country's plan knows, and must still be
// the same number when its E.164 form is read, which a row of trunk zeros is not.
// Whether it is in use is not asked, because plans grow faster than libraries.
func Phone(number, region string) (string, error) {
	number, err := admit(FieldPhone, number, MaxPhoneBytes)
	if err != nil {
		return "", err
	}
	once, err := e164(number, region)
	if err != nil {
		return "", err
	}
	if twice, err := e164(once, region); err != nil || twice != once {
		return "", refuse(FieldPhone, ErrUnknown)
	}
	return once, nil
}

// e164 reads a number once and writes it in E.164 form.
func e164(number, region string) (string, error) {
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil {
		return "", refuse(FieldPhone, ErrSyntax)
	}
	if phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return "", refuse(FieldPhone, ErrUnknown)
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), nil
}
