// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import "tocsin"

// Copy is what the authority of the host's State receives at the moment the order leaves (Art. 4(1)): the
// signed order itself, byte for byte, so that the supervisor checks what the host was sent and not an
// account of it.
type Copy struct {
	Order   string    `json:"order"` // compact JWS
	Content *Document `json:"-"`     // the verified order; set by [Verify]
}

// Type is [TypeCopy].
func (*Copy) Type() Type { return TypeCopy }

func (k *Copy) check(c Context, d *Document) error {
	inside, err := verifyAny([]byte(k.Order), c)
	if err != nil {
		return err
	}
	order, ok := inside.Body.(*Order)
	if !ok {
		return refuse(tocsin.RefusedMalformed, "The copy does not contain an order.")
	}
	if inside.Issuer != d.Issuer {
		return refuse(tocsin.RefusedWrongSender, "The copy and the order come from different parties.")
	}
	if err := order.check(c, inside); err != nil {
		return err
	}
	supervisor, err := c.Directory.Party(d.Audience)
	if err != nil || supervisor.Country != order.Content.Annex.Heading.EstablishmentState {
		return because(err, tocsin.RefusedWrongAddressee,
			"The copy belongs to the authority of the host's State.")
	}
	k.Content = inside
	return nil
}
