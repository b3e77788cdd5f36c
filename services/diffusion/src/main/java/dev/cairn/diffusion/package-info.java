/**
 * The mathematics of diffusion that attribution needs: schedules, prediction types, output
 * functions, noise, timestep grids and samplers. Pure functions over arrays, nothing but the JDK.
 */
package dev.cairn.diffusion;
