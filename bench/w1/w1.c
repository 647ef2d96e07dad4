// W1: double inverted pendulum on a cart, RK4 + sliding-mode control, ring buffer of 1000 states.
// -DTHEUS: the polynomials of the library of Theus, same bits (tm.h).
// -DPOLY: inlined polynomial sincos/tanh. -DTWOTRIG: trig identity for th1-th2 (2 sincos instead of 3).
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include <time.h>
#include "params.h"
#ifdef THEUS
#include "tm.h"
#define SINCOS(x,s,c) tm_sincos(x,&(s),&(c))
#define TANH tm_tanh
#elif defined POLY
#define T double
#define I int64_t
#define SFX(n) n
#include "pm.h"
#ifdef POLYB
#define SINCOS(x,s,c) pmb_sincos(x,&(s),&(c))
#else
#define SINCOS(x,s,c) pm_sincos(x,&(s),&(c))
#endif
#define TANH pm_tanh
#else
#define SINCOS(x,s,c) do{ (s)=sin(x); (c)=cos(x);}while(0)
#define TANH tanh
#endif
typedef struct { double y[6]; } S;
static inline void rhs(const double*restrict y, double u, double*restrict d){
  double s1,c1,s2,c2,sd,cd; double w=y[4], z=y[5];
  SINCOS(y[1],s1,c1); SINCOS(y[2],s2,c2);
#ifdef TWOTRIG
  sd=s1*c2-c1*s2; cd=c1*c2+s1*s2;
#else
  SINCOS(y[1]-y[2],sd,cd);
#endif
  double ww=w*w, zz=z*z;
  double r0 = u + D2*s1*ww + D3*s2*zz - B0*y[3];
  double r1 = F1*s1 - D5*sd*zz - B1*w;
  double r2 = F2*s2 + D5*sd*ww - B2*z;
  double b=D2*c1, c=D3*c2, e=D5*cd;
  double i0=1.0/D1, l1=b*i0, l2=c*i0;
  double e1=D4-l1*b, t=e-l1*c, i1=1.0/e1, l3=t*i1;
  double e2=D6-l2*c-l3*t, i2=1.0/e2;
  double z1=r1-l1*r0, z2=r2-l2*r0-l3*z1;
  double q2=z2*i2, q1=z1*i1-l3*q2, q0=r0*i0-l1*q1-l2*q2;
  d[0]=y[3]; d[1]=w; d[2]=z; d[3]=q0; d[4]=q1; d[5]=q2;
}
static inline double control(const double*restrict y, long i){
  double ref = ((i/HALF)&1)? AMP : -AMP;
  double e0=y[0]-ref;
  double s = SC0*e0+SC1*y[1]+SC2*y[2]+SC3*y[3]+SC4*y[4]+SC5*y[5];
  double ke = SK1*y[1]+SK2*y[2]+SK3*y[3]+SK4*y[4]+SK5*y[5];
  double u = -ke - SMK*TANH(s*IPHI);
  u = u>UMAX?UMAX:u; u = u<-UMAX?-UMAX:u;
  return u;
}
static inline void rk4(double*restrict y,double u){
  double k1[6],k2[6],k3[6],k4[6],t[6];
  rhs(y,u,k1);
  for(int j=0;j<6;j++) t[j]=y[j]+(0.5*DT)*k1[j];
  rhs(t,u,k2);
  for(int j=0;j<6;j++) t[j]=y[j]+(0.5*DT)*k2[j];
  rhs(t,u,k3);
  for(int j=0;j<6;j++) t[j]=y[j]+DT*k3[j];
  rhs(t,u,k4);
  for(int j=0;j<6;j++) y[j]=y[j]+(DT/6.0)*((k1[j]+2.0*(k2[j]+k3[j]))+k4[j]);
}
static S ring[RING];
__attribute__((noinline)) void run(double*y,long n){
  long head=0;
  for(long i=0;i<n;i++){
    double u=control(y,i);
    rk4(y,u);
    for(int j=0;j<6;j++) ring[head].y[j]=y[j];
    head = head+1==RING?0:head+1;
  }
}
int main(int argc,char**argv){
  long n = argc>1?atol(argv[1]):3600000;
  double y[6]={0,0.02,-0.01,0,0,0};
  struct timespec a,b,c,d;
  clock_gettime(CLOCK_MONOTONIC,&a); clock_gettime(CLOCK_PROCESS_CPUTIME_ID,&c);
  run(y,n);
  clock_gettime(CLOCK_MONOTONIC,&b); clock_gettime(CLOCK_PROCESS_CPUTIME_ID,&d);
  double ns=((b.tv_sec-a.tv_sec)*1e9+(b.tv_nsec-a.tv_nsec))/n, cn=((d.tv_sec-c.tv_sec)*1e9+(d.tv_nsec-c.tv_nsec))/n;
  double rs=0; for(int i=0;i<RING;i++) for(int j=0;j<6;j++) rs+=ring[i].y[j];
  printf("%.4f %.4f %a %a %.17g\n",ns,cn,y[1],y[3],rs);
}
