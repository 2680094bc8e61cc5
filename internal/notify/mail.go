// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"tocsin/internal/flow"
)

const mailTimeout = 20 * time.Second

// mail hands one mail to the server. Its Message-ID is the message's key, so that a reader who gets it twice sees
// it once; all mails about one alert are one thread.
func (s *Service) mail(ctx context.Context, m flow.Message) (string, error) {
	message, err := s.letter(m)
	if err != nil {
		return "", err
	}
	return "", s.post(ctx, message)
}

func (s *Service) post(ctx context.Context, message *mail.Msg) error {
	client, err := s.mailClient()
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return mailError(err)
	}
	return nil
}

func (s *Service) letter(m flow.Message) (*mail.Msg, error) {
	message, err := s.envelope(m.Address, m.Key, string(m.Alert), s.words(m))
	if err == nil && m.Urgent && !m.Handled {
		message.SetImportance(mail.ImportanceHigh)
	}
	return message, err
}

// envelope makes a mail. Those with the same thread belong together; it may be empty.
func (s *Service) envelope(to, key, thread string, t text) (*mail.Msg, error) {
	message := mail.NewMsg()
	if err := message.From(s.Mail.From); err != nil {
		return nil, never(ReasonNotConfigured)
	}
	if err := message.To(to); err != nil {
		return nil, never(ReasonAddress)
	}
	message.Subject(t.title)
	message.SetDateWithValue(s.Now())
	message.SetMessageIDWithValue(s.messageID(key))
	if thread != "" {
		earlier := "<" + s.messageID(thread) + ">"
		message.SetGenHeader(mail.HeaderReferences, earlier)
		message.SetGenHeader(mail.HeaderInReplyTo, earlier)
	}
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	message.SetBodyString(mail.TypeTextPlain, t.body())
	return message, nil
}

func (s *Service) messageID(key string) string {
	return strings.ReplaceAll(key, ":", ".") + "@" + s.Node.Hostname()
}

func (s *Service) mailClient() (*mail.Client, error) {
	options := []mail.Option{mail.WithPort(s.Mail.Port), mail.WithTimeout(mailTimeout),
		mail.WithHELO(s.Node.Hostname()), mail.WithDialContextFunc(mail.DialContextFunc(s.Mail.Dial))}
	switch s.Mail.Security {
	case "tls":
		options = append(options, mail.WithSSL())
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(s.Mail.TLS))
	}
	if s.Mail.Login != "" {
		password, err := reveal(s.Mail.Password)
		if err != nil {
			return nil, err
		}
		auth := mail.SMTPAuthAutoDiscover
		if s.Mail.Security == "none" { // only towards this machine, as the settings hold
			auth = mail.SMTPAuthPlainNoEnc
		}
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(s.Mail.Login), mail.WithPassword(password))
	}
	client, err := mail.NewClient(s.Mail.Host, options...)
	if err != nil {
		return nil, never(ReasonNotConfigured) // err may repeat an option
	}
	return client, nil
}

// mailError tells what passes from what stays, by the server's code; its words stay out.
func mailError(err error) error {
	if code := smtpCode(err); code != 0 {
		kept := fmt.Errorf("SMTP code %d", code)
		switch {
		case code == 530 || code == 534 || code == 535 || code == 538:
			return later(ReasonSignIn, time.Minute, kept) // a password is soon put right
		case code >= 500:
			return never(ReasonAddress)
		}
		return later(ReasonBusy, 0, kept)
	}
	return later(ReasonUnreachable, 0, nil)
}

func smtpCode(err error) int {
	if e, ok := errors.AsType[*mail.SendError](err); ok && e.ErrorCode() != 0 {
		return e.ErrorCode()
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return e.Code
	}
	return 0
}

// checkMail signs in at the server and sends nothing.
func (s *Service) checkMail(ctx context.Context) error {
	client, err := s.mailClient()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return mailError(err)
	}
	return client.Close()
}
