package feedback

import (
	"context"
	"time"
)

// ForgetBefore lets a test forget without waiting for the hour.
func ForgetBefore(ctx context.Context, s *Service, before time.Time) error {
	return s.forgetBefore(ctx, before)
}
