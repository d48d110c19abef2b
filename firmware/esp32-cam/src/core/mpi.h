/** A big number of mbed TLS that frees itself, and itself alone. */
#pragma once
#include <mbedtls/bignum.h>
#include <stddef.h>
#include <stdint.h>

namespace gatehouse {

struct Mpi : mbedtls_mpi {
  Mpi() { mbedtls_mpi_init(this); }
  ~Mpi() { mbedtls_mpi_free(this); }
  Mpi(const Mpi&) = delete;
  Mpi& operator=(const Mpi&) = delete;

  bool read(const uint8_t* bigEndian, size_t bytes) { return mbedtls_mpi_read_binary(this, bigEndian, bytes) == 0; }
  bool write(uint8_t* bigEndian, size_t bytes) const { return mbedtls_mpi_write_binary(this, bigEndian, bytes) == 0; }
};

}  // namespace gatehouse
