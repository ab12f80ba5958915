/** The PyTorch engine for the kit: opened once, its hot operators as TorchScript, weights in safetensors files. */
package kawi.torch;
