package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// picture gives a product its picture, or takes it away.
func (r *records) picture() *cobra.Command {
	var remove bool
	cmd := &cobra.Command{Use: "picture ID [FILE]", Short: "Give a product the picture that quotes show, a PNG or JPEG", Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if remove == (len(args) == 2) {
				return usageError{errors.New("name a file, or say --remove")}
			}
			cl, err := r.place.client(c.Context())
			if err != nil {
				return err
			}
			defer cl.close()
			path := "/api/v1/products/" + url.PathEscape(args[0]) + "/picture"
			if remove {
				_, err := cl.send(c.Context(), "DELETE", path, "", nil, "")
				return err
			}
			info, err := os.Stat(args[1])
			if err != nil {
				return err
			}
			if info.Size() > process.MaxPicture {
				return fmt.Errorf("%s is larger than %d MiB", args[1], process.MaxPicture>>20)
			}
			b, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			_, err = cl.send(c.Context(), "PUT", path, "application/octet-stream", b, "")
			return err
		}}
	cmd.Flags().BoolVar(&remove, "remove", false, "take the picture away")
	return cmd
}
