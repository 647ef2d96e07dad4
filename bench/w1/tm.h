// sin, cos and tanh of stdlib/std/prelude.theus, operation for operation, for a contender with
// the same mathematics and the same bits. Compile with -ffp-contract=off.
#include <math.h>
#include <stdint.h>
#include <string.h>
static inline uint64_t tm_bits(double x){ uint64_t r; memcpy(&r,&x,sizeof r); return r; }
static inline double tm_from(uint64_t x){ double r; memcpy(&r,&x,sizeof r); return r; }
static inline double tm_sin_poly(double z){
  double z2=z*z;
  return ((-0.16666666666666632+z*0.00833333333332249)+z2*(-0.0001984126982985795+z*2.7557313707070068e-06))
    +(z2*z2)*(-2.5050760253406863e-08+z*1.58969099521155e-10);
}
static inline double tm_cos_poly(double z){
  double z2=z*z;
  return ((0.0416666666666666+z*-0.001388888888887411)+z2*(2.480158728947673e-05+z*-2.7557314351390663e-07))
    +(z2*z2)*(2.087572321298175e-09+z*-1.1359647557788195e-11);
}
static __attribute__((noinline,cold)) void tm_sincos_far(double x,double*s,double*c){
  if(x==0.0){ *s=x; *c=1.0; return; }
  if(!(fabs(x)<1e5)){ *s=sin(x); *c=cos(x); return; }
  double shifted=x*0.6366197723675814+6755399441055744.0,k=shifted-6755399441055744.0;
  double t=x-k*1.5707963267341256,w=k*6.077100506303966e-11,r=t-w;
  double rest=((t-r)-w)-k*2.0222662487959506e-21;
  double hi=r+rest,lo=(r-hi)+rest,z=hi*hi,half=0.5*z,one=1.0-half;
  double sr=hi+((hi*z)*tm_sin_poly(z)+lo*(1.0-0.5*z));
  double cr=one+(((1.0-one)-half)+((z*z)*tm_cos_poly(z)-hi*lo));
  switch(tm_bits(shifted)&3){
    case 0: *s=sr; *c=cr; break;
    case 1: *s=cr; *c=-sr; break;
    case 2: *s=-sr; *c=-cr; break;
    default: *s=-cr; *c=sr;
  }
}
static inline __attribute__((always_inline)) void tm_sincos(double x,double*s,double*c){
  if(__builtin_expect(tm_bits(fabs(x))-1<UINT64_C(0x3fe91eb851eb851f),1)){
    double z=x*x;
    *s=x+(x*z)*tm_sin_poly(z);
    *c=(1.0-0.5*z)+(z*z)*tm_cos_poly(z);
  } else tm_sincos_far(x,s,c);
}
static inline double tm_exp_poly(double r){
  double r2=r*r,r4=r2*r2;
  double low=(0.5+r*0.16666666666666666)+r2*(0.041666666666666664+r*0.008333333333333333);
  double mid=(0.001388888888888889+r*0.0001984126984126984)+r2*(2.48015873015873e-05+r*2.7557319223985893e-06);
  double high=(2.755731922398589e-07+r*2.505210838544172e-08)+r2*(2.08767569878681e-09+r*1.6059043836821613e-10);
  return (low+r4*mid)+(r4*r4)*high;
}
static inline double tm_tanh(double x){
  if(tm_bits(fabs(x))-1<UINT64_C(0x3fd3333333333333)){
    double z=x*x,z2=z*z;
    double low=(-0.3333333333333326+z*0.13333333333307057)+z2*(-0.0539682539357592+z*0.021869486591057516);
    double high=(-0.008863171011156218+z*0.00359087713773638)+z2*(-0.0014416777003896332+z*0.0005025183159342067);
    return x+(x*z)*(low+(z2*z2)*high);
  }
  double a=fabs(x); a=a<20.0?a:(a!=a?a:20.0);
  double y=a+a,shifted=y*1.4426950408889634+6755399441055744.0,n=shifted-6755399441055744.0;
  double t=y-n*0.6931471803691238,w=n*1.9082149292705877e-10,hi=t-w,lo=(t-hi)-w;
  double scale=tm_from((tm_bits(shifted)+1023)<<52);
  double rise=scale*hi,step=scale-1.0,sum=step+rise;
  double rest=((step-sum)+rise)+scale*(lo+(hi*hi)*tm_exp_poly(hi));
  double m=sum+rest;
  return copysign(m/(m+2.0),x);
}
